"""Reproducible JupyterLab environments and images from one text file."""

__version__ = "0.1.0"
