"""National numbers, encrypted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patrons', '0003_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonalNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('sealed', models.BinaryField()),
                ('lookup', models.BinaryField()),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='numbers', to='patrons.patron')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lookup',), name='number_of_one_person'), models.UniqueConstraint(fields=('patron', 'kind'), name='one_number_of_a_kind')],
            },
        ),
    ]
