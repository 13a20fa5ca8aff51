"""The reader's addresses."""

from __future__ import annotations

from django.urls import path

from kitabxana.fronts.opac.handlers import (
    account,
    books,
    browsing,
    details,
    family,
    feed,
    history,
    holding,
    home,
    joining,
    notices,
    paying,
    place,
    previewing,
    searching,
    shelf,
    sitemap,
    small,
    taking,
)
from kitabxana.fronts.opac.limits import limited

app_name = "opac"
urlpatterns = [
    path("", home.home, name="home"),
    path("suggestions", limited(searching.suggestions, weight=0.1), name="suggestions"),
    path("browse", limited(browsing.show), name="browse"),
    path("search", limited(searching.search), name="search"),
    path("search.atom", limited(feed.feed), name="feed"),
    path("records/<int:record_id>/", books.show, name="record"),
    path("records/preview/", previewing.preview, name="preview"),
    path("records/<int:record_id>/marc/", books.marc, name="marc"),
    path("records/<int:record_id>/hold/", holding.place, name="place_hold"),
    path("records/<int:record_id>/cite/", limited(taking.citations), name="cite"),
    path("records/<int:record_id>.<str:form>", taking.take, name="take"),
    path("shelf/<str:unit>", limited(shelf.shelf), name="shelf"),
    path("my-library/", place.own, name="own"),
    path("covers/<int:record_id>.svg", books.cover, name="cover"),
    path("sign-in/", account.sign_in, name="sign_in"),
    path("join/", joining.join, name="join"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("account/", account.account, name="account"),
    path("account/notices/", notices.notices, name="notices"),
    path("account/holds/<int:hold_id>/", holding.hold, name="hold"),
    path("account/history/", history.history, name="history"),
    path("account/charges/", paying.charges, name="charges"),
    path("account/receipts/<int:receipt_id>/", paying.receipt, name="receipt"),
    path("account/details/", details.details, name="details"),
    path("account/everything/", details.own_data, name="own_data"),
    path("account/family/", family.family, name="family"),
    path("account/renew/", account.renew, name="renew"),
    path("robots.txt", small.robots, name="robots"),
    path("opensearch.xml", small.opensearch, name="opensearch"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<int:part>.xml", sitemap.part, name="sitemap_part"),
    path("favicon.ico", small.favicon, name="favicon"),
]
