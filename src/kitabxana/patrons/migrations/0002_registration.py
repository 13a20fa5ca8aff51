"""Registration: what is kept of a reader, categories by age, restrictions with their kind, guarantors."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0001_initial'),
        ('patrons', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE patrons_made_card', 'DROP SEQUENCE patrons_made_card'),
        migrations.CreateModel(
            name='Guarantee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('relation', models.CharField(blank=True, max_length=12)),
            ],
        ),
        migrations.AddField(
            model_name='patron',
            name='changed_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name='patron',
            name='city',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='patron',
            name='contact_by',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='patron',
            name='history',
            field=models.CharField(default='default', max_length=8),
        ),
        migrations.AddField(
            model_name='patron',
            name='merged_into',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patrons.patron'),
        ),
        migrations.AddField(
            model_name='patron',
            name='phone_key',
            field=models.CharField(blank=True, max_length=9),
        ),
        migrations.AddField(
            model_name='patron',
            name='postcode',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='patron',
            name='public_note',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='patron',
            name='staff_note',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='patroncategory',
            name='least_age',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='patroncategory',
            name='most_age',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='patroncategory',
            name='needs_guarantor',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='patroncategory',
            name='next_category',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patrons.patroncategory'),
        ),
        migrations.AddField(
            model_name='patroncategory',
            name='self_registration',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='restriction',
            name='created_by',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='restriction',
            name='kind',
            field=models.CharField(default='manual', max_length=12),
        ),
        migrations.AddField(
            model_name='restriction',
            name='lifted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='restriction',
            name='lifted_by',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='restriction',
            name='source',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='card',
            name='state',
            field=models.CharField(choices=[('valid', 'valid'), ('lost', 'lost'), ('replaced', 'replaced'), ('withdrawn', 'withdrawn')], default='valid', max_length=10),
        ),
        migrations.AlterField(
            model_name='restriction',
            name='reason',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddIndex(
            model_name='patron',
            index=models.Index(condition=models.Q(('birth_date__isnull', False)), fields=['birth_date'], name='patron_birth_date'),
        ),
        migrations.AddIndex(
            model_name='patron',
            index=models.Index(condition=models.Q(('phone_key', ''), _negated=True), fields=['phone_key'], name='patron_phone_key'),
        ),
        migrations.AddIndex(
            model_name='patron',
            index=models.Index(condition=models.Q(('email', ''), _negated=True), fields=['email'], name='patron_email'),
        ),
        migrations.AddConstraint(
            model_name='patron',
            constraint=models.CheckConstraint(condition=models.Q(('history__in', ('default', 'forever', 'never'))), name='patron_history'),
        ),
        migrations.AddConstraint(
            model_name='restriction',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True), models.Q(('kind', 'manual'), _negated=True)), fields=('patron', 'kind', 'source'), name='one_automatic_restriction'),
        ),
        migrations.AddField(
            model_name='guarantee',
            name='guarantor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='wards', to='patrons.patron'),
        ),
        migrations.AddField(
            model_name='guarantee',
            name='ward',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guarantors', to='patrons.patron'),
        ),
        migrations.AddConstraint(
            model_name='guarantee',
            constraint=models.UniqueConstraint(condition=models.Q(('guarantor__isnull', False)), fields=('ward', 'guarantor'), name='guarantor_once'),
        ),
        migrations.AddConstraint(
            model_name='guarantee',
            constraint=models.CheckConstraint(condition=models.Q(('guarantor__isnull', True), models.Q(('guarantor', models.F('ward')), _negated=True), _connector='OR'), name='not_oneself'),
        ),
        migrations.AddConstraint(
            model_name='guarantee',
            constraint=models.CheckConstraint(condition=models.Q(('guarantor__isnull', False), models.Q(('name', ''), _negated=True), _connector='OR'), name='guarantor_known'),
        ),
    ]
