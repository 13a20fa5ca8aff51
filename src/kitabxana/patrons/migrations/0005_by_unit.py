"""Readers of a library in name order, by one index instead of two."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0001_initial'),
        ('patrons', '0004_numbers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='patron',
            name='home_unit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddIndex(
            model_name='patron',
            index=models.Index(fields=['home_unit', 'search_key'], name='patron_of_unit'),
        ),
    ]
