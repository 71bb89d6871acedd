"""Kubernetes' Container Runtime Interface (runtime.v1) as far as a test of a pod needs it.

A message is a dict from field numbers, as the interface's api.proto gives them, to values: int, bool, str, bytes, dict, or
a list of them for a repeated field. What comes back is the same with every field a list, and with bytes for what has a
length.
"""

import grpc

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5


def encode_varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def encode(message):
    out = b""
    for field, values in message.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, int):
                out += encode_varint(field << 3 | VARINT) + encode_varint(value)
                continue
            if isinstance(value, str):
                value = value.encode()
            elif isinstance(value, dict):
                value = encode(value)
            out += encode_varint(field << 3 | LENGTH) + encode_varint(len(value)) + value
    return out


def decode_varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def decode(data):
    message, at = {}, 0
    while at < len(data):
        key, at = decode_varint(data, at)
        kind = key & 7
        if kind == VARINT:
            value, at = decode_varint(data, at)
        else:
            length = {FIXED64: 8, FIXED32: 4}.get(kind)
            if length is None:
                length, at = decode_varint(data, at)
            value, at = data[at : at + length], at + length
        message.setdefault(key >> 3, []).append(value)
    return message


class Runtime:
    """Calls of the runtime service behind a Unix socket; a refused one raises grpc.RpcError."""

    def __init__(self, socket):
        self.channel = grpc.insecure_channel("unix://" + socket)

    def call(self, method, message, timeout=60):
        stub = self.channel.unary_unary(
            "/runtime.v1.RuntimeService/" + method, request_serializer=encode, response_deserializer=decode
        )
        return stub(message, timeout=timeout)
