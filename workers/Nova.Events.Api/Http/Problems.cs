using Microsoft.AspNetCore.Http;

namespace Nova.Events.Api.Http;

/// <summary>Answers in the form of RFC 9457.</summary>
internal static class Problems
{
    public static IResult Invalid(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The request cannot be understood.");

    public static IResult TooLarge(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status413PayloadTooLarge, title: "The request is too large.");

    public static IResult Unavailable(HttpContext context, TimeSpan retryAfter, string detail, IDictionary<string, object?>? extensions = null)
    {
        SetRetryAfter(context, retryAfter);
        return Results.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Try again later.", extensions: extensions);
    }

    public static void SetRetryAfter(HttpContext context, TimeSpan retryAfter) =>
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
