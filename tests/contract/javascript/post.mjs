// Post events with the CloudEvents SDK. Arguments: the gateway's address, a token.
// On stdin: [{mode: structured | binary | batch, events: […]}, …]; on stdout: [{status, body}, …].
import { readFileSync } from "node:fs";
import { CloudEvent, HTTP } from "cloudevents";

const [gateway, token] = process.argv.slice(2);

const write = ({ mode, events }) => {
  const written = events.map((event) => new CloudEvent(event));
  if (mode !== "batch") return HTTP[mode](written[0]);
  const bodies = written.map((event) => HTTP.structured(event).body);
  const headers = { "content-type": "application/cloudevents-batch+json" };
  return { headers, body: `[${bodies.join(",")}]` };
};

const answers = [];
for (const said of JSON.parse(readFileSync(0, "utf8"))) {
  const { headers, body } = write(said);
  const answer = await fetch(`${gateway}/v1/messages`, {
    method: "POST",
    headers: { ...headers, authorization: `Bearer ${token}` },
    body,
  });
  answers.push({ status: answer.status, body: await answer.json() });
}
console.log(JSON.stringify(answers));
