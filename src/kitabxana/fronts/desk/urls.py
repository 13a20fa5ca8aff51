"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from kitabxana.fronts.desk.handlers import (
    acting,
    bar,
    entering,
    lending,
    looking,
    many,
    protecting,
    registering,
    returning,
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
    path("readers/new/", registering.register, name="register"),
    path("readers/<int:patron_id>/edit/", registering.edit, name="edit_patron"),
    path("readers/<int:patron_id>/card/", acting.card, name="patron_card"),
    path("readers/<int:patron_id>/card-state/", acting.card_state, name="patron_card_state"),
    path("readers/<int:patron_id>/pin/", acting.pin, name="patron_pin"),
    path("readers/<int:patron_id>/number/", acting.number, name="patron_number"),
    path("readers/<int:patron_id>/numbers/", protecting.numbers, name="patron_numbers"),
    path("readers/<int:patron_id>/merge/", protecting.merge, name="merge_patron"),
    path("readers/<int:patron_id>/leave/", protecting.leave, name="leave_patron"),
    path("readers/<int:patron_id>/export/", protecting.export, name="export_patron"),
    path("readers/applications/", many.applications, name="applications"),
    path("readers/import/", many.bring_in, name="import_patrons"),
    path("readers/many/", many.change, name="change_many"),
    path("audit/", protecting.audit, name="audit"),
    path("readers/<int:patron_id>/restrict/", acting.bar, name="patron_bar"),
    path("readers/<int:patron_id>/lift/", acting.lift, name="patron_lift"),
    path("readers/<int:patron_id>/guarantor/", acting.guarantor, name="patron_guarantor"),
    path("records/<int:record_id>/", looking.record, name="record"),
]
