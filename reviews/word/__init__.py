"""The review report for a word processor: the same page of HTML as the PDF, set as a document that one can edit."""
