/** One mailbox per instance: what is posted for a stream is done in turn, for different streams side by side. */
export class Mailboxes {
  private readonly boxes = new Map<string, (() => Promise<void>)[]>();

  post<T>(stream: string, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job = () => work().then(resolve, reject);
      const box = this.boxes.get(stream);
      if (box) box.push(job);
      else {
        const queue = [job];
        this.boxes.set(stream, queue);
        void this.empty(stream, queue);
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

  private async empty(stream: string, queue: (() => Promise<void>)[]): Promise<void> {
    for (let job = queue[0]; job !== undefined; job = queue[0]) {
      await job();
      queue.shift();
    }
    this.boxes.delete(stream);
  }
}
