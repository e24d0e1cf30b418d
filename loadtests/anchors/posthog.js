import posthog from "posthog-js";

posthog.init("phc_benchmark", { api_host: COLLECTOR });
