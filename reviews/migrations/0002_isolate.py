from django.db import migrations

from jurisdictions.operations import IsolateByJurisdiction, SameJurisdiction


class Migration(migrations.Migration):
    """Put every table behind the wall; keep every reference inside one jurisdiction."""

    dependencies = [("reviews", "0001_initial"), ("jurisdictions", "0002_isolate")]

    operations = [
        IsolateByJurisdiction("incident"),
        IsolateByJurisdiction("child"),
        IsolateByJurisdiction("entry"),
        IsolateByJurisdiction("answer"),
        IsolateByJurisdiction("answerversion"),
        IsolateByJurisdiction("incidentexport"),
        IsolateByJurisdiction("review"),
        IsolateByJurisdiction("reviewgrant"),
        IsolateByJurisdiction("incidentimport"),
        IsolateByJurisdiction("unmappedcode"),
        IsolateByJurisdiction("reviewmove"),
        IsolateByJurisdiction("partmark"),
        IsolateByJurisdiction("remark"),
        IsolateByJurisdiction("reviewreport"),
        IsolateByJurisdiction("reviewseat"),
        IsolateByJurisdiction("recusal"),
        IsolateByJurisdiction("reviewhand"),
        SameJurisdiction("incident", "notified_by"),
        SameJurisdiction("incident", "imported_by"),
        SameJurisdiction("incident", "withdrawn_by"),
        SameJurisdiction("child", "incident"),
        SameJurisdiction("child", "entry"),
        SameJurisdiction("entry", "record"),
        SameJurisdiction("entry", "made_from"),
        SameJurisdiction("entry", "created_by"),
        SameJurisdiction("entry", "removed_by"),
        SameJurisdiction("answer", "record"),
        SameJurisdiction("answer", "repeat"),
        SameJurisdiction("answer", "imported_by"),
        SameJurisdiction("answerversion", "record"),
        SameJurisdiction("answerversion", "repeat"),
        SameJurisdiction("answerversion", "author"),
        SameJurisdiction("answerversion", "replaced_by"),
        SameJurisdiction("answerversion", "replaced_by_import"),
        SameJurisdiction("incidentexport", "asked_by"),
        SameJurisdiction("review", "incident"),
        SameJurisdiction("reviewgrant", "content_object"),
        SameJurisdiction("reviewgrant", "granted_by"),
        SameJurisdiction("incidentimport", "by"),
        SameJurisdiction("unmappedcode", "imported_by"),
        SameJurisdiction("reviewmove", "review"),
        SameJurisdiction("reviewmove", "by"),
        SameJurisdiction("partmark", "review"),
        SameJurisdiction("partmark", "done_by"),
        SameJurisdiction("remark", "review"),
        SameJurisdiction("remark", "by"),
        SameJurisdiction("remark", "settled_by"),
        SameJurisdiction("reviewreport", "review"),
        SameJurisdiction("reviewreport", "asked_by"),
        SameJurisdiction("reviewseat", "review"),
        SameJurisdiction("reviewseat", "membership"),
        SameJurisdiction("reviewseat", "named_by"),
        SameJurisdiction("recusal", "review"),
        SameJurisdiction("recusal", "membership"),
        SameJurisdiction("recusal", "recorded_by"),
        SameJurisdiction("reviewhand", "review"),
        SameJurisdiction("reviewhand", "membership"),
        # Whoever has answered is an author, whoever approves an approver, and no one person is both.
        migrations.RunSQL(
            """
            ALTER TABLE reviews_answer ADD CONSTRAINT reviews_answer_author_is_a_hand
                FOREIGN KEY (jurisdiction_id, record_id, author_id, author_hand)
                REFERENCES reviews_reviewhand (jurisdiction_id, review_id, membership_id, hand)
                DEFERRABLE INITIALLY DEFERRED;
            ALTER TABLE reviews_review ADD CONSTRAINT reviews_review_approver_is_a_hand
                FOREIGN KEY (jurisdiction_id, incident_id, approver_id, approver_hand)
                REFERENCES reviews_reviewhand (jurisdiction_id, review_id, membership_id, hand)
                DEFERRABLE INITIALLY DEFERRED;
            """,
            """
            ALTER TABLE reviews_review DROP CONSTRAINT reviews_review_approver_is_a_hand;
            ALTER TABLE reviews_answer DROP CONSTRAINT reviews_answer_author_is_a_hand;
            """,
        ),
    ]
