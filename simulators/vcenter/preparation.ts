import type { PrepareStep } from "./behaviour.ts";

/** One file's way through the statuses of a preparation. */
export class Preparation {
  #steps: PrepareStep[] = [{ status: "UNPREPARED" }];
  #requested = false;
  #index = 0;
  #answers = 0;
  #since = 0;

  get status(): string {
    return this.#step.status;
  }

  /** Message of an ERROR that has one. */
  get errorMessage(): string | undefined {
    return this.#step.errorMessage;
  }

  /** Starts, or starts anew after an ERROR; a preparation that is under way or done goes on as it is. */
  request(steps: PrepareStep[], now: number): void {
    if (this.#requested && this.status !== "ERROR") return;
    this.#requested = true;
    this.#steps = steps;
    this.#enter(0, now);
  }

  /** Called for each answer that tells the status. */
  poll(now: number): void {
    const { polls = 1, milliseconds = 0 } = this.#step;
    const over = this.#answers >= polls && now - this.#since >= milliseconds;
    if (over && this.#index + 1 < this.#steps.length) this.#enter(this.#index + 1, now);
    this.#answers += 1;
  }

  get #step(): PrepareStep {
    return this.#steps[this.#index] ?? { status: "PREPARED" };
  }

  #enter(index: number, now: number): void {
    this.#index = index;
    this.#answers = 0;
    this.#since = now;
  }
}
