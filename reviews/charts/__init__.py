"""Pictures as SVG: the timeline, the influences, and the chain from need to recommendation of a review; years.

Attributes only, no style attributes and no scripts, so the same picture stands in a page under a strict
content security policy and in the PDF. Each comes with a title that states what it shows, a sentence, and
the rows of the table that says the same in words.
"""

from reviews.charts.chain import Step, chain
from reviews.charts.drawing import Chart
from reviews.charts.influences import Bar, influences
from reviews.charts.timeline import Moment, timeline
from reviews.charts.years import Year, over_years

__all__ = ["Bar", "Chart", "Moment", "Step", "Year", "chain", "influences", "over_years", "timeline"]
