"""Words of names, by which readers are found; those registered before are taken in."""

import django.db.models.deletion
from django.db import migrations, models


def take_in(apps, _schema_editor):
    from kitabxana.patrons.operations.names import index_names
    from kitabxana.patrons.rules import phone_key

    patrons = apps.get_model("patrons", "Patron").objects
    batch = []
    for row in patrons.filter(deleted_at__isnull=True).only("pk", "phone", "email").iterator():
        if row.phone or row.email:
            patrons.filter(pk=row.pk).update(phone_key=phone_key(row.phone), email=row.email.lower())
        batch.append(row.pk)
        if len(batch) == 5000:
            index_names(batch)
            batch.clear()
    index_names(batch)


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0001_initial'),
        ('patrons', '0002_registration'),
    ]

    operations = [
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('word', models.CharField(db_collation='C', max_length=80)),
                ('bridge', models.CharField(db_collation='C', max_length=80)),
                ('skeleton', models.CharField(db_collation='C', max_length=80)),
            ],
            options={
                'indexes': [models.Index(fields=['bridge'], name='name_word_bridge'), models.Index(fields=['skeleton'], name='name_word_skeleton')],
                'constraints': [models.UniqueConstraint(fields=('word',), name='name_word_once')],
            },
        ),
        migrations.CreateModel(
            name='NameTrace',
            fields=[
                ('pk', models.CompositePrimaryKey('trace', 'word_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('trace', models.CharField(db_collation='C', max_length=80)),
                ('word', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.nameword')),
            ],
        ),
        migrations.CreateModel(
            name='NameLink',
            fields=[
                ('pk', models.CompositePrimaryKey('word_id', 'unit_id', 'patron_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('patron', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.patron')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('word', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patrons.nameword')),
            ],
            options={
                'indexes': [models.Index(fields=['patron', 'word'], name='name_link_patron')],
            },
        ),
        migrations.RunPython(take_in, migrations.RunPython.noop),
    ]
