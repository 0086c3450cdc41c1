// A platform that declares its signals as classes, as Cloudflare's types do.

declare abstract class AbortSignal {
  static timeout(delay: number): AbortSignal;
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}
declare class Response {
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  text(): Promise<string>;
}
declare function fetch(address: string, options?: { signal?: AbortSignal }): Promise<Response>;
declare namespace WebAssembly {
  class Module {
    #private;
  }
}
