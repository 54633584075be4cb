"""An agency's own reviews as files: tables, their codebook, and the forms that statistics programs and REDCap read."""
