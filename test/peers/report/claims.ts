/** One claim on one peer: a test and how it ended. */
export interface Claim {
  /** The peer, as the outermost describe block names it. */
  peer: string;
  /** What the claim is about: the blocks in between. */
  topic: string;
  /** The test's name. */
  claim: string;
  /** Why the peer was expected to differ from AWS or vCenter, and did. */
  difference?: string;
}

/** What docs/peers.md is made of. Kept as docs/peers.json, since the page is written where no peer is installed. */
export interface PeerResults {
  /** `name version` of everything that the claims were shown on. */
  versions: string[];
  claims: Claim[];
}
