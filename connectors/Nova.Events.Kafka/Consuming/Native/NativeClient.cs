using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Nova.Events.Kafka.Consuming.Native;

/// <summary>librdkafka's handle of a public client.</summary>
internal static class NativeClient
{
    public static SafeHandle HandleOf(IClient client) => (SafeHandle)LibrdkafkaHandle(client.Handle);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object LibrdkafkaHandle(Handle handle);
}
