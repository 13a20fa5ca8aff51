"""Past loans by year of return, and tables that many updates keep small."""

from django.db import migrations

YEARS = range(2010, 2041)

FORWARD = """
DROP TABLE circulation_pastloan;
CREATE TABLE circulation_pastloan (
    id bigint NOT NULL,
    returned_at timestamptz NOT NULL,
    item_id bigint NOT NULL,
    patron_id bigint,
    unit_id bigint NOT NULL,
    return_unit_id bigint NOT NULL,
    lent_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    renewals smallint NOT NULL,
    lifted jsonb NOT NULL DEFAULT '[]',
    returned_by varchar(150) NOT NULL,
    PRIMARY KEY (id, returned_at)
) PARTITION BY RANGE (returned_at);
CREATE TABLE circulation_pastloan_other PARTITION OF circulation_pastloan DEFAULT;
CREATE INDEX past_loan_patron ON circulation_pastloan (patron_id, returned_at);
CREATE INDEX past_loan_item ON circulation_pastloan (item_id, returned_at);
""" + "\n".join(
    f"CREATE TABLE circulation_pastloan_{year} PARTITION OF circulation_pastloan "
    f"FOR VALUES FROM ('{year}-01-01 00:00+00') TO ('{year + 1}-01-01 00:00+00');"
    for year in YEARS
)


class Migration(migrations.Migration):
    dependencies = [("circulation", "0001_initial")]
    operations = [
        migrations.RunSQL(FORWARD, "DROP TABLE circulation_pastloan"),
        migrations.RunSQL("ALTER TABLE circulation_loan SET (fillfactor = 85)", migrations.RunSQL.noop),
    ]
