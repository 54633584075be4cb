"""Taking away the data packs and lists that people asked for, once they lay here long enough to be had."""

import datetime as dt
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from reviews.actions.bring_in import KEPT_FOR
from reviews.models import DataPack, IncidentExport


def take_written_away(now: dt.datetime) -> int:
    """Take the files of the open agency away that were written more than KEPT_FOR ago; how many there were. Their rows
    stay, and say what they held; the files go once that is kept."""
    taken = 0
    for kind in (DataPack, IncidentExport):
        old = kind.objects.filter(done_at__lt=now - KEPT_FOR).exclude(file="")
        for row in old.select_for_update(skip_locked=True, of=("self",)):
            transaction.on_commit(partial(default_storage.delete, row.file))
            row.file = ""
            row.save(update_fields=["file"])
            taken += 1
    return taken
