import type { Difference } from "../../differences.ts";

/** What ministack does otherwise than AWS, as far as the stack leans on it, by the names of the tests. */
export const DIFFERENCES: Record<string, Difference> = {
  "an error of a function keeps its name": {
    because:
      "calls every error that a handler throws Runtime.HandlerError. So neither Retry and Catch by our own names nor the names of failed files are shown here; their messages are",
    shows: /expected 'Runtime\.HandlerError' to be 'ChecksumMismatch'/,
  },
  "a refused log-in has its name": {
    because: "calls every error that a handler throws Runtime.HandlerError",
    shows: /expected 'Runtime\.HandlerError' to be 'LoginRefused'/,
  },
  "the history of a file's execution has its states": {
    because: "records the tasks of a Distributed Map's child executions, and none of their states",
    shows: /expected \[\] to deeply equal/,
  },
  "no more files are on their way at once than the input asks for": {
    because: "does not look at MaxConcurrencyPath",
    shows: /expected \+?0 to be 1/,
  },
  "a stop reaches the executions of files": {
    because:
      "lets the child executions of a stopped execution run on. They end all the same, because the clean-up tells their functions to",
    shows: /expected \[ '(RUNNING|SUCCEEDED)' \] to deeply equal \[ 'ABORTED' \]/,
  },
  "the state machine logs what each state does": {
    because: "takes the logging of a state machine and drops it",
    shows: /expected \[\] to include/,
  },
  "the state machine is traced": {
    because: "takes the tracing of a state machine and drops it",
    shows: /expected undefined to deeply equal/,
  },
  "the bucket removes what a stopped export may leave": {
    because: "does not give a bucket the lifecycle that its template has",
    shows: /NoSuchLifecycleConfiguration/,
  },
  "the bucket is reached by TLS alone": {
    because: "keeps a bucket's policy and asks nobody for it",
    shows: /resolved .* instead of rejecting/s,
  },
  "nobody gets in without the right secret key": {
    because:
      "checks neither signatures nor permissions. That the roles suffice, and allow no more, is shown on the template only",
    shows: /resolved .* instead of rejecting/s,
  },
};

/** The same of what a sync leans on. */
export const SYNC_DIFFERENCES: Record<string, Difference> = {
  "tells how many exports of its page have ended": {
    because: "has no MapRunStarted in an execution's history, so that nobody finds the Map Run that it has",
    shows: /expected null to deeply equal/,
  },
  "has each of its exports cleaned up by an event of its own": {
    because:
      "tells nobody how an execution ended that startExecution.sync has started; the test after it starts the clean-ups",
    shows: /expected \+?0 to be 2/,
  },
};

/** The same of its API Gateway. */
export const GATEWAY_DIFFERENCES: Record<string, Difference> = {
  "a request whose signature is wrong is refused": {
    because: "looks whether a request has a signature, and not whether it is right",
    shows: /expected 200 to be 403/,
  },
};
