from django.db import migrations, models
import django.utils.timezone

# A version said who had ended it; now each state says who made it. What ended version n made version n + 1.
_CARRY = """
    UPDATE catalogue_recordversion AS v SET
        made_at = coalesce(before.until, r.created_at),
        made_by = coalesce(before.changed_by, ''),
        made_how = CASE WHEN before.id IS NULL THEN 'created' ELSE 'changed' END
    FROM catalogue_recordversion AS w
    JOIN catalogue_record AS r ON r.id = w.record_id
    LEFT JOIN catalogue_recordversion AS before ON before.record_id = w.record_id AND before.version = w.version - 1
    WHERE v.id = w.id;
    UPDATE catalogue_record AS r SET made_by = before.changed_by, made_how = 'changed'
    FROM catalogue_recordversion AS before
    WHERE before.record_id = r.id AND before.version = r.version - 1;
"""


def _text(length):
    return models.CharField(blank=True, default="", max_length=length)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_import_run")]

    operations = [
        *(
            migrations.AddField(model_name=model, name=name, field=_text(length), preserve_default=False)
            for model in ("record", "recordversion")
            for name, length in (("made_by", 200), ("made_through", 20), ("made_how", 20))
        ),
        migrations.AddField(
            model_name="recordversion",
            name="made_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.RunSQL(_CARRY, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="recordversion", name="changed_by"),
    ]
