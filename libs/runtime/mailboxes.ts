interface Job {
  readonly work: () => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** One mailbox per instance: what is posted for a stream is done in turn, for different streams side by side. */
export class Mailboxes {
  private readonly boxes = new Map<string, Job[]>();

  post<T>(stream: string, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job = { work, resolve, reject };
      const box = this.boxes.get(stream);
      if (box) box.push(job);
      else {
        const queue = [job];
        this.boxes.set(stream, queue);
        this.next(stream, queue);
      }
    });
  }

  /** Something else is queued behind the job that is being done. */
  hasMore(stream: string): boolean {
    return (this.boxes.get(stream)?.length ?? 0) > 1;
  }

  get busy(): boolean {
    return this.boxes.size > 0;
  }

  private next(stream: string, queue: Job[]): void {
    const job = queue[0];
    if (job === undefined) {
      this.boxes.delete(stream);
      return;
    }
    const go = () => {
      queue.shift();
      this.next(stream, queue);
    };
    job.work().then(
      (value) => {
        job.resolve(value as never);
        go();
      },
      (error: unknown) => {
        job.reject(error);
        go();
      },
    );
  }
}
