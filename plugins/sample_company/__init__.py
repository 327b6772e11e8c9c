"""The sample company: platform-true export files about one coherent company."""
