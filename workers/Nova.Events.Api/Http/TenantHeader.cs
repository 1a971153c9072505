using Microsoft.AspNetCore.Http;
using Nova.Events.Redis;

namespace Nova.Events.Api.Http;

/// <summary>The header that names the tenant; empty or absent where there is only one.</summary>
internal static class TenantHeader
{
    public const string Name = "X-Tenant";

    /// <summary>Refuses a request whose tenant is not a tenant's name: it becomes part of keys.</summary>
    public static ValueTask<object?> RequireValidAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        RedisKeys.IsValidTenant(context.HttpContext.Request.Headers[Name].ToString())
            ? next(context)
            : new(Problems.Invalid($"{Name} takes at most {RedisKeys.MaxTenantLength} letters, digits, '-', '_' or '.'."));
}
