"""A fifth of all rows cannot be used, of 30 kinds; each is one dead letter, and nothing stands still (F9). Workers die meanwhile."""
from cases.kill import fault
from support.case import Case

CASE = Case(fault, bad_share=0.2, short=3)
