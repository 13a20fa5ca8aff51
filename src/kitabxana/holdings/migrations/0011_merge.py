from django.db import migrations


class Migration(migrations.Migration):
    """The order of the shelf and the stock of copies were added side by side."""

    dependencies = [("holdings", "0003_shelf_order"), ("holdings", "0010_stock")]
