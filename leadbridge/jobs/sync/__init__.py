"""Sync jobs: lease -> resume -> capture -> identify -> merge -> plan -> brakes -> apply -> remember.

What the command line and schedules call stands in ``leadbridge.jobs.sync.api``.
"""
