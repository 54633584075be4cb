"""Reviews that an agency closed before it came here, brought in from one workbook: its layout, and reading it."""
