import { automaticallyShowInAppMessages, initialize, openSession } from "@braze/web-sdk";

initialize("benchmark", { baseUrl: COLLECTOR });
automaticallyShowInAppMessages();
openSession();
