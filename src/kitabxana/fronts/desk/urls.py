"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from kitabxana.fronts.desk.handlers import (
    bar,
    cataloguing,
    charging,
    drawers,
    entering,
    lending,
    looking,
    misses,
    returning,
    rules,
    versions,
)

app_name = "desk"
urlpatterns = [
    path("", bar.home, name="home"),
    path("scan/", bar.scan, name="scan"),
    path("login/", entering.login, name="login"),
    path("logout/", entering.logout, name="logout"),
    path("library/", entering.library, name="library"),
    path("check-out/<int:patron_id>/", lending.check_out, name="check_out"),
    path("check-out/<int:patron_id>/renew/", lending.renew, name="renew"),
    path("done/", lending.done, name="done"),
    path("problems/<int:problem_id>/put-away/", lending.put_away, name="put_away"),
    path("check-in/", returning.check_in, name="check_in"),
    path("readers/", looking.patrons, name="patrons"),
    path("readers/<int:patron_id>/", looking.patron, name="patron"),
    path("readers/<int:patron_id>/account/", charging.account, name="account"),
    path("readers/<int:patron_id>/account/<int:line_id>/", charging.line, name="line"),
    path("receipts/<int:receipt_id>/", drawers.receipt, name="receipt"),
    path("registers/", drawers.registers, name="registers"),
    path("registers/<int:register_id>/", drawers.register, name="register"),
    path("rules/", rules.rules, name="rules"),
    path("rules/change/", rules.change, name="rules_change"),
    path("searched-in-vain/", misses.show, name="misses"),
    path("records/new/", cataloguing.new, name="record_new"),
    path("records/check/", cataloguing.check, name="record_check"),
    path("records/<int:record_id>/", looking.record, name="record"),
    path("records/<int:record_id>/edit/", cataloguing.edit, name="record_edit"),
    path("records/<int:record_id>/history/", versions.history, name="record_history"),
    path("records/<int:record_id>/restore/", versions.restore, name="record_restore"),
    path("records/<int:record_id>/delete/", versions.delete, name="record_delete"),
    path("records/<int:record_id>/undelete/", versions.undelete, name="record_undelete"),
]
