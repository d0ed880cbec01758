import type { Claim, PeerResults } from "../../test/peers/report/claims.ts";

/** The claims and the peers that they were shown on: one table for each topic, and the differences below it. */
export function peersPage({ versions, claims }: PeerResults): string {
  const topics = Map.groupBy(claims, ({ topic, peer }) => topic || peer);
  return `# Claims shown on programs that we did not write

Written by \`npm run docs\` from what \`npm run test:peers\` has shown: each row is a test, and its name is the claim.
*differs* means that the peer does otherwise than AWS or a real vCenter, as the list below the table says: the test
expects that very difference, and fails when it is gone.

Shown on ${versions.map((version) => `\`${version}\``).join(", ")}.

${[...topics].map(([topic, of]) => section(topic, of)).join("\n")}`;
}

function section(topic: string, claims: Claim[]): string {
  const peers = [...new Set(claims.map(({ peer }) => peer))].sort();
  const rows = [...Map.groupBy(claims, ({ claim }) => claim)].map(([claim, on]) => {
    const cells = peers.map((peer) => cell(on.find((shown) => shown.peer === peer)));
    return row([plain(claim), ...cells]);
  });
  return `## ${topic}

${row(["claim", ...peers])}
${row(["---", ...peers.map(() => "---")])}
${rows.join("\n")}
${differences(claims)}`;
}

function cell(claim: Claim | undefined): string {
  if (claim === undefined) return "";
  return claim.difference === undefined ? "shown" : "*differs*";
}

/** Each difference once, with all peers that have it. */
function differences(claims: Claim[]): string {
  const listed = [...Map.groupBy(claims, ({ claim, difference }) => difference && `${claim}: ${difference}`)]
    .filter(([text]) => text !== undefined)
    .map(([text = "", on]) => {
      const [claim = "", ...because] = text.split(": ");
      const who = [...new Set(on.map(({ peer }) => peer.replace(/ over .*/, "")))].join(" and ");
      return `- "${plain(claim)}": ${who} ${plain(because.join(": "))}.`;
    });
  return listed.length === 0 ? "" : `\n${listed.join("\n")}\n`;
}

function row(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function plain(text: string): string {
  return text.replaceAll(/[|<>*_]/g, "\\$&");
}
