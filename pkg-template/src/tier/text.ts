// Data as text, for what keeps only that.

/** What is UTF-8 stays as it is. All else becomes base64. */
export function toText(data: Uint8Array): string {
  try {
    return `=${new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)}`;
  } catch {
    let bytes = '';
    for (const byte of data) bytes += String.fromCharCode(byte);
    return `:${btoa(bytes)}`;
  }
}

export function fromText(text: string): Uint8Array {
  const rest = text.slice(1);
  return text[0] === '=' ? new TextEncoder().encode(rest) : Uint8Array.from(atob(rest), (byte) => byte.charCodeAt(0));
}
