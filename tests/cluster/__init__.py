"""A real Spark cluster on this machine: started, built on, hurt, and stopped. Outside the suite."""
