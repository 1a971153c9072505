// Hidden commands: what LocalServers runs as child processes to host servers that come as libraries, and `hold`, which keeps servers up for others.
using Nova.Events.LocalStack;
using Nova.Events.LocalStack.ClickHouse;
using Nova.Events.LocalStack.Kafka;

return args switch
{
    [ClickHouseHost.Command, var library, var data, var httpPort, var tcpPort, var configuration] =>
        await ClickHouseHost.RunAsync(library, data, httpPort, tcpPort, configuration),
    [KafkaMockHost.Command, var addressFile, .. var topics] => await KafkaMockHost.RunAsync(addressFile, topics),
    [HoldCommand.Name, var dataDirectory, .. var kinds] => await HoldCommand.RunAsync(dataDirectory, kinds),
    _ => 64,
};
