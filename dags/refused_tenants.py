"""Say in Airflow which tenants' files of settings are refused, as an import error of this file. It has no DAG."""

from funnelhouse import dag_parts

dag_parts.say_refused_tenants()
