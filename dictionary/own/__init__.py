"""What an agency asks besides the partnership: drafted, seen before anybody is asked, released, pinned."""
