import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The shelf's own order in an index, which also serves the foreign key of the home library."""

    dependencies = [("holdings", "0002_fillfactor"), ("organisation", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="item", index=models.Index(fields=["home_unit", "shelf_key", "id"], name="item_shelf")
        ),
        migrations.AlterField(
            model_name="item",
            name="home_unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.unit",
            ),
        ),
    ]
