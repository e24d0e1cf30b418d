import { init } from "@plausible-analytics/tracker";

init({ domain: "shop.test", endpoint: `${COLLECTOR}/api/event`, captureOnLocalhost: true });
