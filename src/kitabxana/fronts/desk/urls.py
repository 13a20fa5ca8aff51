"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from kitabxana.fronts.desk.handlers import bar, batches, entering, lending, looking, returning

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
    path("imports/", batches.batches, name="batches"),
    path("imports/<int:batch_id>/", batches.batch, name="batch"),
    path("imports/<int:batch_id>/decide/", batches.decide, name="decide"),
    path("imports/<int:batch_id>/commit/", batches.commit_batch, name="commit_batch"),
    path("imports/<int:batch_id>/undo/", batches.undo_batch, name="undo_batch"),
    path("imports/<int:batch_id>/<int:number>/", batches.staged_record, name="staged_record"),
    path("records/<int:record_id>/", looking.record, name="record"),
]
