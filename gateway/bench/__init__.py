"""Throughput on this machine: mail taken in, filed and acknowledged, beside a limit."""
