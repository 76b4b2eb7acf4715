"""Alarms, pure: what rules see, which alarms are active, what changes when, and what a storm holds back."""
