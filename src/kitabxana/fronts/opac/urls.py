"""The reader's addresses."""

from __future__ import annotations

from django.urls import path

from kitabxana.fronts.opac.handlers import account, books, home, joining, searching, small

app_name = "opac"
urlpatterns = [
    path("", home.home, name="home"),
    path("search", searching.search, name="search"),
    path("records/<int:record_id>/", books.show, name="record"),
    path("records/<int:record_id>/marc/", books.marc, name="marc"),
    path("covers/<int:record_id>.svg", books.cover, name="cover"),
    path("sign-in/", account.sign_in, name="sign_in"),
    path("join/", joining.join, name="join"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("account/", account.account, name="account"),
    path("account/renew/", account.renew, name="renew"),
    path("robots.txt", small.robots, name="robots"),
    path("favicon.ico", small.favicon, name="favicon"),
]
