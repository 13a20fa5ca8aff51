from django.db import migrations


class Migration(migrations.Migration):
    """Room in each page for the next version of a row: a loan's updates stay heap-only."""

    dependencies = [("holdings", "0001_initial")]
    operations = [migrations.RunSQL("ALTER TABLE holdings_item SET (fillfactor = 85)", migrations.RunSQL.noop)]
