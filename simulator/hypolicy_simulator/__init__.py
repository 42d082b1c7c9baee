"""Simulation: a synthetic population, what it does, and what the policy then costs. Built on `hypolicy`."""
