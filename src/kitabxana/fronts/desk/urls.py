"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from kitabxana.fronts.desk.handlers import bar, batches, books, copies, entering, lending, lists, looking, returning

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
    path("records/<int:record_id>/", looking.record, name="record"),
    path("records/<int:record_id>/items/", copies.items, name="items"),
    path("records/<int:record_id>/items/new/", copies.item_new, name="item_new"),
    path("items/<int:item_id>/", copies.item, name="item"),
    path("items/<int:item_id>/delete/", copies.item_delete, name="item_delete"),
    path("items/<int:item_id>/restore/", copies.item_restore, name="item_restore"),
    path("items/<int:item_id>/bind/", copies.item_bind, name="item_bind"),
    path("items/", batches.batch, name="batch"),
    path("batches/<int:batch_id>/undo/", batches.batch_undo, name="batch_undo"),
    path("acts/<int:act_id>/", batches.withdrawal_act, name="act"),
    path("acts/<int:act_id>/pdf/", batches.withdrawal_act_pdf, name="act_pdf"),
    path("book/", books.book, name="book"),
    path("lists/", lists.lists, name="lists"),
]
