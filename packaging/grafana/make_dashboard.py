#!/usr/bin/env python3
"""Writes callboard.json, the Grafana dashboard, from the list of its panels: import it and choose a Prometheus."""
import json
import pathlib

SECONDS, BYTES, PER_SECOND = "s", "bytes", "cps"


def labelled(name, more=""):
    return f'{name}{{instance=~"$instance"{more}}}'


def rate(name, by=""):
    total = f"rate({labelled(name)}[$__rate_interval])"
    return f"sum by ({by}) ({total})" if by else f"sum({total})"


def quantile(name, share):
    return f"histogram_quantile({share}, sum by (le) (rate({labelled(name + '_bucket')}[$__rate_interval])))"


# title, kind, unit, [(expression, legend)]
PANELS = [
    ("Sources up", "stat", "none", [(labelled("callboard_source_up"), "{{source}}")]),
    ("Readers", "stat", "none", [(f"sum by (transport) ({labelled('callboard_subscribers')})", "{{transport}}")]),
    ("Events in the journal", "stat", "none", [(labelled("callboard_journal_sequence"), "{{instance}}")]),
    ("Lost events (24 h)", "stat", "none", [(f"sum(increase({labelled('callboard_events_dropped_total')}[24h]))", "events"),
                                            (f"sum(increase({labelled('callboard_hep_dropped_total')}[24h]))", "packets")]),
    ("Events told", "timeseries", PER_SECOND, [(rate("callboard_events_total", "event"), "{{event}}")]),
    ("Deliveries", "timeseries", PER_SECOND, [(rate("callboard_deliveries_total", "transport"), "{{transport}}")]),
    ("From signal to socket", "timeseries", SECONDS, [(quantile("callboard_delivery_seconds", q), f"p{int(q * 100)}") for q in (0.5, 0.99)]),
    ("Append to the journal", "timeseries", SECONDS, [(quantile("callboard_journal_append_seconds", q), f"p{int(q * 100)}") for q in (0.5, 0.99)]),
    ("Mirrored SIP", "timeseries", PER_SECOND, [(rate("callboard_hep_packets_total"), "packets"), (rate("callboard_sip_messages_total"), "messages"),
                                               (rate("callboard_sip_errors_total"), "not SIP"), (rate("callboard_hep_errors_total"), "not HEP")]),
    ("Waiting to be appended", "timeseries", "none", [(labelled("callboard_hub_queue_length"), "events")]),
    ("HTTP", "timeseries", PER_SECOND, [(rate("callboard_http_requests_total"), "requests"), (rate("callboard_http_refused_total"), "refused")]),
    ("Connections and sessions", "timeseries", "none", [(f"sum({labelled('callboard_http_connections')})", "connections"),
                                                        (labelled("callboard_sessions"), "sessions of version 2")]),
    ("Memory", "timeseries", BYTES, [(labelled("process_resident_memory_bytes"), "{{instance}}")]),
    ("File descriptors", "timeseries", "none", [(labelled("process_open_fds"), "open"), (labelled("process_max_fds"), "most")]),
]


def panels():
    x = y = height = 0
    for number, (title, kind, unit, targets) in enumerate(PANELS, 1):
        width, tall = (6, 4) if kind == "stat" else (12, 8)
        if x + width > 24:
            x, y = 0, y + height
        height = tall
        yield {"id": number, "title": title, "type": kind, "gridPos": {"x": x, "y": y, "w": width, "h": tall},
               "datasource": {"type": "prometheus", "uid": "${datasource}"},
               "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
               "targets": [{"refId": chr(ord("A") + i), "expr": expression, "legendFormat": legend}
                           for i, (expression, legend) in enumerate(targets)]}
        x += width


DASHBOARD = {
    "title": "Callboard", "uid": "callboard", "tags": ["telephony"], "schemaVersion": 37, "editable": True,
    "refresh": "30s", "time": {"from": "now-6h", "to": "now"},
    "templating": {"list": [
        {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"},
        {"name": "instance", "type": "query", "label": "Instance", "datasource": {"type": "prometheus", "uid": "${datasource}"},
         "query": {"query": "label_values(callboard_journal_sequence, instance)", "refId": "instances"},
         "includeAll": True, "multi": True, "allValue": ".*", "refresh": 2, "current": {"text": "All", "value": "$__all"}}]},
    "panels": list(panels()),
}

if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("callboard.json")
    path.write_text(json.dumps(DASHBOARD, indent=2) + "\n")
