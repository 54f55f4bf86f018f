// Verify webhooks with Standard Webhooks' own library, and read them with the CloudEvents SDK.
// On stdin: [{secret, headers, body}, …]; on stdout: [{verified, event}, …], or {refused}.
import { readFileSync } from "node:fs";
import { HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

const judged = JSON.parse(readFileSync(0, "utf8")).map(({ secret, headers, body }) => {
  try {
    const verified = new Webhook(secret).verify(body, headers);
    return { verified, event: HTTP.toEvent({ headers, body }) };
  } catch (error) {
    return { refused: error.message };
  }
});
console.log(JSON.stringify(judged));
