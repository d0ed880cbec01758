/** The programs that we did not write, and the one version of each that the claims were shown on. */
export const PEERS = {
  vcsim: {
    is: "govmomi's simulator of a vCenter, filled by its command line govc",
    go: {
      vcsim: "github.com/vmware/govmomi/vcsim@v0.46.3",
      govc: "github.com/vmware/govmomi/govc@v0.46.3",
    },
    // Bootable images, and the tool that makes a disk.
    debian: ["ipxe", "grub-rescue-pc", "memtest86+", "qemu-utils"],
  },
  versitygw: {
    is: "an S3 gateway on a folder",
    go: { versitygw: "github.com/versity/versitygw/cmd/versitygw@v1.8.0" },
  },
  localstack: {
    is: "an emulator of AWS, with its own interpreter of Amazon States Language",
    // The other interpreter, which runs the workflow on one machine.
    npm: ["aws-local-stepfunctions"],
    python: {
      version: "3.13",
      // The last that is free of charge. The rest is what it was released with: newer ones break its start.
      packages: [
        "localstack-core[runtime]==4.14.0",
        "moto-ext[all]==5.1.22",
        "cbor2==5.8.0",
        "pyopenssl==25.3.0",
        "cryptography==46.0.3",
        "service_identity==24.2.0",
      ],
    },
  },
  ministack: {
    is: "an emulator of AWS that stacks can be deployed to",
    // boto3 is no dependency of it; without, it hangs at buckets that send events.
    python: { version: "3.13", packages: ["ministack==1.5.33", "boto3==1.43.106"] },
    // Its own S3 refuses right checksums of whole objects; and requests are made to its API Gateway.
    beside: ["versitygw", "schemathesis"],
  },
  schemathesis: {
    is: "a tester of HTTP APIs, which makes requests from their OpenAPI description",
    python: { version: "3.13", packages: ["schemathesis==4.32.5"] },
  },
} as const satisfies Record<string, Peer>;

export type PeerName = keyof typeof PEERS;

export interface Peer {
  /** What it is, for the page of claims. */
  is: string;
  /** Programs by their names, each the package that `go install` builds. */
  go?: Record<string, string>;
  /** Packages of Debian; their version is the distribution's. */
  debian?: readonly string[];
  /** Dependencies of this project. */
  npm?: readonly string[];
  python?: { version: string; packages: readonly string[] };
  /** Peers that its tests start as well. */
  beside?: readonly string[];
}

/**
 * @param list names with commas between them; undefined: all
 * @throws Error when a name is of no peer
 */
export function selectedPeers(list: string | undefined): PeerName[] {
  const known = Object.keys(PEERS).filter(isPeer);
  if (list === undefined || list.trim() === "") return known;
  return list.split(",").map((word) => {
    const name = word.trim();
    if (!isPeer(name)) throw new Error(`PEERS names "${name}", which is none of ${known.join(", ")}.`);
    return name;
  });
}

/** The same, and the peers that their tests start as well. */
export function installedPeers(list: string | undefined): PeerName[] {
  const selected = selectedPeers(list);
  const beside = selected.flatMap((name) => {
    const { beside = [] }: Peer = PEERS[name];
    return beside.flatMap(selectedPeers);
  });
  return [...new Set([...selected, ...beside])];
}

function isPeer(name: string): name is PeerName {
  return Object.hasOwn(PEERS, name);
}
