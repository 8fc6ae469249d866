"""Throughput on this machine: how fast mail is taken in, filed and acknowledged, against a limit."""
