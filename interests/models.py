"""What a search profile may name, as Vitec last told it: areas, municipalities, requirements."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.polygons import Ring
from offices.models import DirectoryRow, Office


class AreaQuerySet(models.QuerySet["Area"]):
    def offered(self, office: Office) -> AreaQuerySet:
        """Those that may be sent: Vitec takes only areas that have a polygon there."""
        return self.filter(office=office, missing_since=None).exclude(polygon=[])


class Area(DirectoryRow):
    """A named area (område) of the office.

    county: Vitec's code of the län or kommun it lies in. polygon: [[longitude, latitude]], or [].
    """

    name = models.CharField(_("name"), max_length=200)
    county = models.CharField(_("county code"), max_length=20, blank=True)
    polygon = models.JSONField(_("polygon"), default=list)

    objects = AreaQuerySet.as_manager()

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")

    def __str__(self) -> str:
        return self.name

    @property
    def ring(self) -> Ring:
        """The corners as (longitude, latitude)."""
        return [(longitude, latitude) for longitude, latitude in self.polygon]


class Municipality(DirectoryRow):
    """A kommun as Vitec lists it; `code` is how Vitec itself writes its LK code."""

    name = models.CharField(_("name"), max_length=200)
    code = models.CharField(_("county and municipality code"), max_length=20)

    class Meta(DirectoryRow.Meta):
        ordering = ["name"]
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")

    def __str__(self) -> str:
        return self.name


class ExtraRequirement(DirectoryRow):
    """An extra requirement (utökat krav) of the office's own list at Vitec.

    valid_for_types: Vitec's kinds of home (`EstateClassType`) it can be asked of; [] for every one.
    """

    text = models.CharField(_("text"), max_length=200)
    valid_for_types = models.JSONField(_("valid for"), default=list)

    class Meta(DirectoryRow.Meta):
        ordering = ["text"]
        verbose_name = _("extra requirement")
        verbose_name_plural = _("extra requirements")

    def __str__(self) -> str:
        return self.text
