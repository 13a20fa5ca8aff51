"""A loan runs for days or hours: the two policies that said "days" in their names lose the word."""

from django.db import migrations

RENAMED = {"loan_days": "loan_length", "renewal_days": "renewal_length"}


def rename(names):
    def run(apps, _editor):
        for old, new in names.items():
            apps.get_model("organisation", "Policy").objects.filter(name=old).update(name=new)

    return run


class Migration(migrations.Migration):
    dependencies = [("organisation", "0002_open_days")]
    operations = [
        migrations.RunPython(rename(RENAMED), rename({new: old for old, new in RENAMED.items()})),
    ]
