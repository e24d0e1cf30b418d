import { AnalyticsBrowser } from "@segment/analytics-next";

const [protocol, host] = COLLECTOR.split("://");
const integrations = { "Segment.io": { apiHost: `${host}/v1`, protocol } };
AnalyticsBrowser.load({ writeKey: "benchmark", cdnURL: COLLECTOR }, { integrations }).page();
